/** What the command line says of itself. */
import { REASONS } from '../schema.js';

const COMMON = `  --node URL        a node; once for each chain (default: RIBP_NODES, with commas between)
  --json            print JSON for programs: one document, or a line for each change
  --help            print this`;

const SIGNING = `  --key-file FILE   the signing account: a secret phrase or URI such as //Alice, or an account as polkadot.js
                    exports it. Without it you are asked. Never give a secret as an argument.
  --key-type TYPE   sr25519 (default), ed25519 or ecdsa`;

const PROPOSAL = 'PROPOSAL is a file, a link, or - for what comes in.';

/** Help, by command. */
export const USAGE: Record<string, string> = {
	'': `Usage: ribp COMMAND [OPTION...]

Two people exchange value on two chains that carry pallet-ribp: both legs settle, or neither has an effect.

  systems   what the connected chains are, and what they know of each other
  propose   make a proposal, as a file and a link; it can register your leg at once
  show      what a proposal says, and whether both chains are ready for it
  accept    register your leg of a proposal
  watch     follow an exchange on both chains until it is over
  list      the exchanges of an account
  cancel    take your value back, as long as nobody has answered
  claim     have paid what could not move when the exchange ended
  reject    say to who proposed why you do not accept

ribp COMMAND --help says more. Exits with 0 if all is well, 1 if something is refused, 2 if the command line
is wrong, 3 if an exchange that was followed has come to nothing, and 4 if both chains
have forgotten how it ended.

Options of all commands:
${COMMON}`,
	systems: `Usage: ribp systems [OPTION...]

What the connected chains are: heights, token, and what each knows of the others: up to which block, how old
that is, and what hinders business.

Options:
${COMMON}`,
	propose: `Usage: ribp propose --give THING --get THING --with ADDRESS [OPTION...]

Makes a proposal of two legs. THING is '100 ALPHA' of a chain's token, '60 asset:7@alpha' or 'nft:1/5@alpha'; the
words after @ are part of the chain's name. Shows when both legs expire by the chains' pace before anything is
signed. Prints the proposal, or writes it to a file, and prints a link.

Options:
  --give THING      what you pay; may be repeated, all on one chain
  --get THING       what you get; may be repeated, all on the other chain
  --with ADDRESS    the other party
  --me ADDRESS      you, unless a key file says it
  --within TIME     how long both have: 30m, 2h, 1d (default: 1h)
  --until DATE      or until when, such as 2031-12-24T18:00Z
  --reference TEXT  your own order number: up to 32 bytes (default: random)
  --settlement HOW  Early (default), or AtExpiry: later, but a forked chain has time to be seen
  --out FILE        write the proposal to FILE
  --page URL        of the link (default: ribp:)
  --register        register your leg at once; the other party then answers firm
  --yes             do not ask before that
${SIGNING}
${COMMON}`,
	show: `Usage: ribp show PROPOSAL [OPTION...]

What a proposal or a rejection says. With nodes: whether both chains say the same, when it expires by their pace,
what it costs, and what hinders it. Without: what its words say. ${PROPOSAL}

Options:
${COMMON}`,
	accept: `Usage: ribp accept PROPOSAL [OPTION...]

Checks a proposal on both chains, shows it, and registers your leg: firm if the other one is final already. Whoever
has registered before, from whatever device, registers nothing again. ${PROPOSAL}

Options:
  --receive-at ADDRESS  the account of yours that is paid, if it is another one
  --yes             do not ask
  --watch           follow the exchange until it is over
${SIGNING}
${COMMON}`,
	watch: `Usage: ribp watch PROPOSAL [OPTION...]

Follows an exchange by what both chains finalize, and says why it does not move. ${PROPOSAL}

Options:
${COMMON}`,
	list: `Usage: ribp list [OPTION...]

The exchanges in which an account pays or receives, in all phases, as long as the chains remember them.

Options:
  --account ADDRESS which, unless a key file says it
${SIGNING}
${COMMON}`,
	cancel: `Usage: ribp cancel PROPOSAL [OPTION...]

Says that you want the value of your leg back. You have it when the leg's notice is over, unless the other party has
answered by then. ${PROPOSAL}

Options:
${SIGNING}
${COMMON}`,
	claim: `Usage: ribp claim PROPOSAL [OPTION...]

Has everything paid that is owed to you of an exchange that has ended. ${PROPOSAL}

Options:
  --to ADDRESS      to another account
${SIGNING}
${COMMON}`,
	reject: `Usage: ribp reject PROPOSAL --reason CODE [OPTION...]

Writes a rejection for who proposed. Nothing happens on chain, and nobody has signed it. ${PROPOSAL}

Options:
  --reason CODE     one of ${REASONS.join(', ')}
  --note TEXT       what else there is to say
  --out FILE        write it to FILE
${COMMON}`,
};
