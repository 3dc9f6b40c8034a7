/** Opens a message's menu at a point of the window, in pixels, as a right click there would. */
export function openMenuAt(row: HTMLElement, x: number, y: number): void {
  row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, view: window, clientX: x, clientY: y }))
}
/** Opens the menu beside the row's bubble. */
export function openMenuBeside(row: HTMLElement): void {
  const { left, top, height } = (row.querySelector('.bubble') ?? row).getBoundingClientRect()
  openMenuAt(row, left + 24, Math.min(innerHeight - 20, Math.max(20, top + Math.min(height, 40))))
}
