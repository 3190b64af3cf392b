import { dualPackage } from '../../tooling/tsup.js';

export default dualPackage({
  index: 'src/index.ts',
  main: 'src/main.ts',
  common: 'src/common.ts',
  utility: 'src/utility.ts',
});
