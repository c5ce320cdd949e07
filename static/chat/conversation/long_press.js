/**
 * A finger that stays on something.
 * @module
 */

const LONG_MS = 500;
/** A finger is never quite still. */
const STILL_PX = 10;

/**
 * Listens for it.
 * @param {HTMLElement} element
 * @param {(target: EventTarget | null) => void} onPress
 */
export function listenForLongPress(element, onPress) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let start = { x: 0, y: 0 };
  let isPressed = false;
  const end = () => clearTimeout(timer);

  element.addEventListener("pointerdown", ({ target, pointerType, clientX, clientY }) => {
    end();
    isPressed = false;
    // What has a meaning of its own when it is pressed long keeps it.
    if (pointerType !== "touch" || (target instanceof Element && target.closest("a, button, pre") !== null)) return;
    start = { x: clientX, y: clientY };
    timer = setTimeout(() => {
      isPressed = true;
      onPress(target);
    }, LONG_MS);
  });
  element.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > STILL_PX) end();
  });
  for (const type of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(type, end);
  // The system's own menu would lie over ours; and as the finger goes up, a click would choose what has come under it. A touch belongs to
  // where it began, the click to what is there now.
  for (const type of ["contextmenu", "touchend"]) {
    element.addEventListener(type, (event) => {
      if (isPressed) event.preventDefault();
    });
  }
}
