import { z } from 'zod';

/** How an activity page plays; `auto` takes what suits the mechanic the page leads to. */
export const LOOK_PLAYS = ['auto', 'wheel', 'nine-grid', 'scratch', 'rain', 'button'] as const;
export const LOOK_THEMES = ['spring', 'plain', 'dark', 'playful'] as const;

/** White text is written on the brand colour, and the colour on white: WCAG 2.2 AA asks 4.5 to 1 of both. */
const CONTRAST_MIN = 4.5;

const brandColour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, 'write the colour as # and six hex digits, such as #1677c8')
  .superRefine((colour, context) => {
    if (!/^#[0-9a-f]{6}$/i.test(colour)) return;
    const contrast = contrastWithWhite(colour);
    if (contrast >= CONTRAST_MIN) return;
    const shown = (Math.floor(contrast * 10) / 10).toFixed(1);
    const message = `is too light to read white text on (contrast ${shown} to 1, ${CONTRAST_MIN} are needed): take a darker one`;
    context.addIssue({ code: 'custom', message });
  });

// Pages load nothing from elsewhere, so that nobody else learns who takes part.
const picturePath = z
  .string()
  .max(200)
  .regex(
    /^\/(?:[a-z0-9][a-z0-9._-]*\/)*[a-z0-9][a-z0-9._-]*\.(?:png|jpg|jpeg|webp|svg)$/i,
    'is a path on this service, such as /pictures/logo.png',
  );

/** How the activity page looks and what it calls itself; it never changes what is drawn. */
export const lookSchema = z
  .strictObject({
    play: z
      .enum(LOOK_PLAYS)
      .default('auto')
      .describe('auto: a wheel for a lottery, a calendar for a check-in, a packet to open for the rest'),
    theme: z.enum(LOOK_THEMES).default('spring').describe('Colours and decoration of the page'),
    brandColour: brandColour.nullable().default(null).describe('Main colour of the plain theme; null for a calm blue'),
    logo: picturePath.nullable().default(null).describe('Picture above the title'),
    picture: picturePath.nullable().default(null).describe('Wide picture below the title'),
    title: z.string().trim().min(1).max(24).nullable().default(null).describe('Title; null for the name'),
    subtitle: z.string().trim().min(1).max(60).nullable().default(null).describe('One line below the title'),
    organiser: z
      .string()
      .trim()
      .min(1)
      .max(40)
      .nullable()
      .default(null)
      .describe('Who runs it, as the rules name them'),
    question: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .describe(
        'A riddle: whoever answers it on the page with a word of the trigger draws, and nobody else does there',
      ),
    shareTitle: z.string().trim().min(1).max(40).nullable().default(null).describe('Title of the card people share'),
    shareText: z.string().trim().min(1).max(80).nullable().default(null).describe('Text of the card people share'),
  })
  .prefault({})
  .describe('How the activity page looks and plays; it never changes what is drawn');
export type Look = z.infer<typeof lookSchema>;

/** Returns the contrast of white on a colour such as `#1677c8`, from 1 to 21 (WCAG 2.2, 1.4.3). */
export function contrastWithWhite(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16)));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
