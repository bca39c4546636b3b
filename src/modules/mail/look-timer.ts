/** One timer, set to the earliest moment it was asked for. A program that has nothing else to do may end. */
export interface LookTimer {
  in(milliseconds: number): void;
  stop(): void;
}

export function createLookTimer(look: () => void): LookTimer {
  let timer: NodeJS.Timeout | undefined;
  let due = Infinity;
  return {
    in(milliseconds) {
      const at = performance.now() + milliseconds;
      if (at >= due) return;
      clearTimeout(timer);
      due = at;
      timer = setTimeout(() => {
        due = Infinity;
        look();
      }, milliseconds);
      timer.unref();
    },
    stop() {
      clearTimeout(timer);
      due = -Infinity;
    },
  };
}
