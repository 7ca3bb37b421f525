const COUNTER =
  'The rows are right and the count of them is not: pause or stop the activity, set the count to what is expected, and find out what changed it, because the service never does.';
const LIMIT =
  'Limits and budgets are held against this count, so people may win too much or too little: pause or stop the activity, set it to what is expected, and find out what changed it.';
const CHECK_IN =
  'Streaks and totals are held against what the person’s row remembers, so a prize may be won too early or not at all: pause the activity, put right whichever of the two was changed by hand, and find out by whom.';
const MONEY =
  'The books and the rows tell different stories of one award: stop sending, compare its draw, payout, attempts and entries with a backup and with the merchant platform, and put back what was changed by hand.';
const PAYOUT =
  'A payout is not what its award and attempts say: stop sending, look its order number up on the merchant platform, and let that decide before it is sent or asked about again.';

const ADVICE: Readonly<Record<string, string>> = {
  'award taken from budget': MONEY,
  'award reserved': MONEY,
  'award in flight': MONEY,
  'award delivered': MONEY,
  'award returned': MONEY,
  'one living payout per award': PAYOUT,
  'award shows its payout': PAYOUT,
  'entries without their award': MONEY,
  'budget funded':
    'The budget that draws are held against is not the one that was booked: stop the activity and compare its rule with its first entry.',
  'fen spent': LIMIT,
  draws: COUNTER,
  wins: COUNTER,
  'draws over all days': COUNTER,
  'wins over all days': LIMIT,
  'fen spent over all days': COUNTER,
  'draws of all people': LIMIT,
  'wins of all people': LIMIT,
  'prizes drawn': LIMIT,
  'won draw has its award': MONEY,
  'payout is its award': PAYOUT,
  'frozen request is its payout': PAYOUT,
  'first send is written': PAYOUT,
  'end is proved': PAYOUT,
  'what is under way will be called again': 'Nobody will look at this payout again: set its due_at to now.',
  'fen won by a person': LIMIT,
  'wins of a person': LIMIT,
  'wins of a person on one day': LIMIT,
  'fen won by all people': LIMIT,
  'fen won of a prize': LIMIT,
  'fen won on a day': LIMIT,
  'draws by hour of a day':
    'The numbers that the console shows are wrong for that day, and nothing else: set them to what is expected, and find out what changed them.',
  'codes used of a pool':
    'What is left of the pool is shown wrongly, and nothing else, because each use is a row of its own: set the count to what is expected.',
  'days checked in of a month': CHECK_IN,
  'last day checked in': CHECK_IN,
  'days checked in': CHECK_IN,
};

/** Says what to do about a difference, by the name of its check; null for a name that no check has. */
export function whatToDo(check: string): string | null {
  return ADVICE[check] ?? null;
}
