/** What crosses between a program and the child that calls GSSAPI for it; V8's serialisation carries the bytes. */
import type { LibraryStatus } from '../native/library-failure.js';
import type { ContextRequest, ContextStep } from '../provider.js';

/** From the program: exactly one answer each, with the same number. */
export type Question =
  | { readonly id: number; readonly ask: 'load'; readonly library: string | undefined }
  | {
      readonly id: number;
      readonly ask: 'step';
      readonly context: number;
      readonly request: ContextRequest;
      readonly token: Uint8Array | undefined;
    }
  | { readonly id: number; readonly ask: 'release'; readonly context: number };

/** From the child. */
export type Answer =
  | { readonly id: number; readonly step?: ContextStep | undefined }
  | { readonly id: number; readonly failure: LibraryStatus }
  | { readonly id: number; readonly error: string };
