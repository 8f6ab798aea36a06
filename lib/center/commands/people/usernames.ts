/** Usernames are one person's whatever the case they are typed in. */
export function usernameOf(typed: string): string {
  return typed.normalize('NFKC').trim().toLowerCase();
}
