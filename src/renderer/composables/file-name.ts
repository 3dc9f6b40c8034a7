/** `.pdf`, `.tar.gz`: letters and digits alone, so that no control character of bidirectional text is part of what must stay readable. */
const ENDING = /(?:\.tar)?\.[\p{L}\p{N}_-]{1,12}$/iu

/** A file's name in two parts: what may be shortened, and the ending that tells which kind it is ('' where it has none). */
export function fileNameParts(name: string): { stem: string; ending: string } {
  const ending = ENDING.exec(name)?.[0] ?? ''
  // a name such as '.profile' has no ending
  return ending.length === name.length ? { stem: name, ending: '' } : { stem: name.slice(0, name.length - ending.length), ending }
}
