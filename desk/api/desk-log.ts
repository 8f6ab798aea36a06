/** Where the desk says what an admin should know: Node-RED's log. */
export interface DeskLog {
  info(text: string): void;
  warn(text: string): void;
}
