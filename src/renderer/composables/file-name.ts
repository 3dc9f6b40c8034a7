/**
 * File name extensions such as `.pdf` and `.tar.gz`: letters and digits only, so that no bidirectional control character gets
 * into the part that stays readable.
 */
const ENDING = /(?:\.tar)?\.[\p{L}\p{N}_-]{1,12}$/iu

/** Splits a file name into the stem, which may be shortened, and the extension, which tells the kind ('' where there is none). */
export function fileNameParts(name: string): { stem: string; ending: string } {
  const ending = ENDING.exec(name)?.[0] ?? ''
  // a name such as '.profile' has no extension
  return ending.length === name.length ? { stem: name, ending: '' } : { stem: name.slice(0, name.length - ending.length), ending }
}
