/** JSON of about so many bytes, as an interface of a shop or a tracker would give it. */
export function documentOf(bytes: number): string {
  const entry = (id: number) => ({
    id,
    name: `Item ${id}`,
    price: ((id * 7919) % 10_000) / 100,
    tags: ['alpha', 'beta', 'gamma'].slice(id % 3),
    stock: { here: id % 17, there: (id * 31) % 101 },
    text: 'A sentence as descriptions have it, no longer than others.',
  });
  const items = [];
  for (let length = 0; length < bytes; length += JSON.stringify(items.at(-1)).length + 1)
    items.push(entry(items.length));
  return JSON.stringify({ items });
}
