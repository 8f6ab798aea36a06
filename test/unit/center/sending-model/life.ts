import type { Center } from '../../../../lib/center/center.ts';
import type { CommandName } from '../../../../lib/center/contract.ts';

/** Where a process dies: before a command is given to the store, or after its commit and before anybody heard of it. */
export interface Death {
  command: CommandName;
  after: boolean;
}

/** An answer that never comes. */
export function never<Result>(): Promise<Result> {
  return new Promise(() => {});
}

/** One process: what it has under way, and its end, after which nothing of it goes on. */
export class Life {
  over = false;
  death: Death | null = null;
  /** Calls to the store that are not answered yet. */
  pending = 0;

  /** Asks something outside; a dead process asks nothing and hears of nothing. */
  async outside<Result>(ask: () => Promise<Result>): Promise<Result> {
    if (this.over) return never();
    try {
      return await ask();
    } finally {
      if (this.over) await never();
    }
  }

  /** The store as this process reaches it. */
  storeOf(center: Center): Center {
    const counted = async <Result>(name: string, ask: () => Promise<Result>): Promise<Result> => {
      const dies = this.death?.command === name;
      if (dies && this.death?.after === false) this.over = true;
      return this.outside(async () => {
        this.pending += 1;
        try {
          return await ask();
        } finally {
          this.pending -= 1;
          if (dies) this.over = true;
        }
      });
    };
    return {
      ...center,
      run: (name, args) => counted(name, () => center.run(name, args)),
      query: (name, args) => counted(name, () => center.query(name, args)),
    };
  }
}
