/** The brand's mark: a small red packet. */
export function BrandMark() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect x="5" y="2" width="22" height="28" rx="4" fill="#9e1b2c" />
      <path d="M5 9c6.500 5.500 15.500 5.500 22 0" fill="none" stroke="#d9a441" strokeWidth="1.600" />
      <circle cx="16" cy="14" r="4.200" fill="#d9a441" />
    </svg>
  );
}

/** A tick or a cross, for a check that passed or did not. Says nothing to a screen reader: the text beside it does. */
export function CheckMark({ passed }: { passed: boolean }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
      className={passed ? 'mark-good' : 'mark-bad'}
    >
      <circle cx="8" cy="8" r="8" fill="currentColor" opacity="0.14" />
      <path
        d={passed ? 'M4.500 8.300l2.400 2.400 4.600-5' : 'M5.300 5.300l5.400 5.400M10.700 5.300l-5.400 5.400'}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.600"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** Something a person must act on; the text beside it says what. */
export function AlarmMark() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" className="mark-bad">
      <path
        d="M10 2.200 18.600 17H1.400z"
        fill="currentColor"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
      />
      <path d="M10 7v5" stroke="#fff" strokeWidth="2" strokeLinecap="round" />
      <circle cx="10" cy="14.800" r="1.200" fill="#fff" />
    </svg>
  );
}
