import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isPersistentPartition, storagePathOf } from './storage.js';

describe('the folder of a session', () => {
  test.each([
    ['', 'data'],
    ['persist:name', join('data', 'Partitions', 'name')],
    ['persist:Name with ü', join('data', 'Partitions', 'name%20with%20%C3%BC')],
    ['persist:..', join('data', 'Partitions', '%2E%2E')],
    ['persist:../other', join('data', 'Partitions', '..%2Fother')],
    ['persist:a\\b*c', join('data', 'Partitions', 'a%5Cb%2Ac')],
  ])('of "%s" is %s', (partition, folder) => {
    expect(storagePathOf(partition, () => 'data')).toBe(folder);
    expect(isPersistentPartition(partition)).toBe(true);
  });

  test('there is none for a name without persist:, and the program’s folder is not asked for', () => {
    const userData = vi.fn(() => 'data');
    expect(storagePathOf('name', userData)).toBeNull();
    expect(isPersistentPartition('name')).toBe(false);
    expect(userData).not.toHaveBeenCalled();
  });
});
