/** Pictures with a QR code, chosen as files or pasted. `read` is called with each. */
export function useQrInput(read: (file: File) => unknown): { onPicture(event: Event): void; onPaste(event: ClipboardEvent): void } {
  return {
    onPicture(event) {
      const element = event.target as HTMLInputElement
      const [file] = element.files ?? []
      if (file !== undefined) void read(file)
      // lets the same file be chosen again
      element.value = ''
    },
    onPaste(event) {
      const [file] = event.clipboardData?.files ?? []
      if (file === undefined) return
      event.preventDefault()
      void read(file)
    }
  }
}
