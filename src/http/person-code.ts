import { createHmac, createSecretKey } from 'node:crypto';
import type { PersonKey } from '../flows/ports/followers.ts';

/** Returns what stands for a person who has shown no nickname: always the same six characters. */
export type PersonCode = (person: PersonKey) => string;

// Without characters that are read as another one, and without vowels, so that no code is a word.
const ALPHABET = '23456789BCDFGHJKLMNPQRSTVWXZ';
const CHARACTERS = 6;

/**
 * Makes codes from a keyed hash, so that nobody without the key gets from a code to its openid or back. Six of 28
 * characters are 480 million codes: good to tell people apart in a list, no proof of anything.
 */
export function createPersonCode(bytes: Buffer): PersonCode {
  const key = createSecretKey(bytes);
  return ({ account, openid }) => {
    const digest = createHmac('sha256', key).update(`${account} ${openid}`).digest();
    let number = digest.readUIntBE(0, 6);
    let code = '';
    while (code.length < CHARACTERS) {
      code += ALPHABET[number % ALPHABET.length];
      number = Math.floor(number / ALPHABET.length);
    }
    return code;
  };
}
