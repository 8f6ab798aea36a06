/** What a command or query takes and gives. */
export interface Command<Args, Result> {
  args: Args;
  result: Result;
}
