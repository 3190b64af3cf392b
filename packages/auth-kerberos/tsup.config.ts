import { dualPackage } from '../../tooling/tsup.js';

export default dualPackage({ index: 'src/index.ts' });
