import { isCenterError } from '../domain/errors.ts';
import type { CenterError } from '../domain/errors.ts';
import type { FlowError } from '../flow.ts';
import type { FlowMessage, RuntimeNode, Send } from './runtime-api.ts';

/** An expected refusal: it leaves by the node's error output instead of failing the message. */
export class Refusal extends Error {
  readonly error: CenterError;

  constructor(error: CenterError) {
    super(error.message);
    this.name = 'Refusal';
    this.error = error;
  }
}

/**
 * Handles one message. It may return at once or later; it sends through `send`, and throws a {@link Refusal} for what
 * belongs on the error output and anything else for Catch.
 */
export type InputHandler = (message: FlowMessage, send: Send) => void | Promise<void>;

/**
 * The only way our nodes take input. However the handler ends, `done` is called exactly once: a rejected promise
 * would otherwise reach no Catch node, and a second `done` would fire Catch and Complete both. A handler that
 * returns nothing costs no promise.
 */
export function onInput(node: RuntimeNode, handler: InputHandler): void {
  node.on('input', (message, send, done) => {
    let result: void | Promise<void>;
    try {
      result = handler(message, send);
    } catch (error) {
      fail(error);
      return;
    }
    if (result === undefined) done();
    else result.then(() => done(), fail);

    function fail(error: unknown): void {
      failed(node, message, error, send, done);
    }
  });
}

/** The same for a message that did not come in just now: what waited, and is nobody's input any more. */
export function onOutcome(node: RuntimeNode, message: FlowMessage, handler: (send: Send) => void): void {
  const send: Send = (sent) => node.send(sent);
  try {
    handler(send);
  } catch (error) {
    failed(node, message, error, send, (problem) => {
      if (problem !== undefined) node.error(problem, message);
    });
  }
}

function failed(node: RuntimeNode, message: FlowMessage, error: unknown, send: Send, done: (error?: unknown) => void): void {
  if (error instanceof Refusal) refuse(node, message, error.error, send, done);
  else done(asError(error));
}

/**
 * Sends a refused message to output 2. Where that has no wire the refusal becomes an error, so that somebody sees it.
 */
function refuse(node: RuntimeNode, message: FlowMessage, error: CenterError, send: Send, done: (error?: unknown) => void): void {
  if (!isWired(node, 1)) {
    done(error);
    return;
  }
  message.error = flowError(node, error);
  send([null, message]);
  done();
}

/** True when an output leads anywhere. */
export function isWired(node: RuntimeNode, output: number): boolean {
  return (node.wires[output]?.length ?? 0) > 0;
}

/** A refusal as `msg.error` holds it. */
export function flowError(node: RuntimeNode, error: CenterError): FlowError {
  return {
    message: error.message,
    code: error.code,
    ...(error.twilioCode === undefined ? {} : { twilioCode: error.twilioCode }),
    source: { id: node.id, type: node.type, ...(node.name ? { name: node.name } : {}) },
  };
}

/** Turns an expected failure into a refusal and lets everything else through as it is. */
export function refused(error: unknown): unknown {
  return isCenterError(error) ? new Refusal(error) : error;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
