/** The array itself if it has so many entries, else a copy at least twice as long. */
export const withRoomFor = (entries: number, array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  if (entries <= array.length) return array;
  const longer = new Int32Array(Math.max(entries, array.length * 2));
  longer.set(array);
  return longer;
};
