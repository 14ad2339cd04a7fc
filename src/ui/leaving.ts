/** The part of a window that asks before it is left. */
export interface Leavable {
  addEventListener(type: "beforeunload", listener: (event: Event) => void): void;
  removeEventListener(type: "beforeunload", listener: (event: Event) => void): void;
}

/**
 * Makes the browser ask before the page is left, as long as the last call said that something would be lost. It listens only then:
 * a page that always does is never kept for the back button, and asks for nothing.
 */
export function leavingGuard(page: Leavable): (loses: boolean) => void {
  const ask = (event: Event): void => event.preventDefault();
  let asking = false;
  return (loses) => {
    if (loses === asking) return;
    asking = loses;
    if (loses) page.addEventListener("beforeunload", ask);
    else page.removeEventListener("beforeunload", ask);
  };
}
