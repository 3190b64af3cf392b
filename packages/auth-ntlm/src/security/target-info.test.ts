import { expect, it } from 'vitest';
import { AvId } from '../messages/av-pairs.js';
import { serverTimestamp, updateTargetInfo } from './target-info.js';

const binding = { spn: 'HTTP/server', channelBinding: undefined };
const idsOf = (pairs: readonly { id: number }[]) => pairs.map(({ id }) => id);

it("keeps the server's attributes in their order, also unknown and repeated ones", () => {
  const server = [4242, AvId.DNS_COMPUTER_NAME, 4242].map((id, index) => ({ id, value: Uint8Array.of(index) }));
  const updated = updateTargetInfo(server, { mic: true, binding });
  expect(updated.slice(0, 3)).toEqual(server);
  expect(idsOf(updated.slice(3))).toEqual([AvId.FLAGS, AvId.CHANNEL_BINDINGS, AvId.TARGET_NAME]);
});

it('lets no server choose the target name or the channel binding', () => {
  const server = [AvId.TARGET_NAME, AvId.CHANNEL_BINDINGS].map((id) => ({ id, value: Uint8Array.of(9) }));
  const updated = updateTargetInfo(server, { mic: true, binding });
  expect(updated.some(({ value }) => value.length === 1)).toBe(false);
});

it("reads the server's time", () => {
  const value = new Uint8Array(8).fill(0xff);
  expect(serverTimestamp([{ id: AvId.TIMESTAMP, value }])).toBe(0xffff_ffff_ffff_ffffn);
  expect(serverTimestamp([])).toBeUndefined();
});
