import { toDeskError } from '../api/desk-error.ts';
import { useWords } from '../words/use-words.ts';
import { notify } from './notices.ts';

/** Says in a notice why something that was asked of the server did not happen, where no form stands that could show it. */
export function useComplaint(): (thrown: unknown) => void {
  const words = useWords();
  return (thrown) => notify(words.problem(toDeskError(thrown)), 'problem');
}
