//! The pallet in worlds of two chains, each with its own state, headers, voters and proofs.

mod attacks;
mod authorize;
mod catching_up;
mod chain;
mod conditions;
mod control;
mod exchange;
mod expiry;
mod finality;
mod flood;
mod forgetting;
mod forks;
mod freshness;
mod golden;
mod keep;
mod mirror;
mod node;
mod proof;
mod property;
mod register;
mod reversal;
mod systems;
mod turns;
mod views;
mod worker;
mod world;
