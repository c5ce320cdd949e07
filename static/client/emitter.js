/**
 * Typed listeners without a DOM.
 * @module
 */

/**
 * @template {object} Events name of each event → its detail
 * @typedef {object} Emitter
 * @property {<K extends keyof Events>(name: K, listener: (detail: Events[K]) => void) => () => void} on adds a
 *   listener and returns what takes it away
 * @property {<K extends keyof Events>(name: K, detail: Events[K]) => void} emit calls the listeners in the order in
 *   which they came; one that throws stops none of the others and is reported as an uncaught error
 */

/**
 * Makes an emitter of its own.
 * @template {object} Events
 * @returns {Emitter<Events>}
 */
export function createEmitter() {
  /** @type {{[K in keyof Events]?: Set<(detail: Events[K]) => void>}} */
  const listeners = {};
  return {
    on(name, listener) {
      const set = listeners[name] ?? (listeners[name] = new Set());
      set.add(listener);
      return () => void set.delete(listener);
    },
    emit(name, detail) {
      for (const listener of [...listeners[name] ?? []]) {
        try {
          listener(detail);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
