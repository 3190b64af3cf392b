import type { ClientOptions, Layer } from '@netloom/core';
import { isMadeHere } from '../protocol/answer.js';
import { ProtocolHandlers } from '../protocol/handlers.js';
import { handling } from '../protocol/handling.js';
import { askingBeforeRequests } from '../web-request/before-request.js';
import { showingHeaders } from '../web-request/headers.js';
import { WebRequestListeners } from '../web-request/listeners.js';
import { observing } from '../web-request/observe.js';

/** By what a program takes part in the requests of a session. Costs next to nothing while it does not. */
export class Hooks {
  readonly handlers = new ProtocolHandlers();
  readonly listeners = new WebRequestListeners();

  /** What a client needs to know. */
  get clientOptions(): Pick<ClientOptions, 'acceptsScheme' | 'redirect'> {
    return {
      acceptsScheme: () => true,
      // A server cannot lead a program to its own handlers, nor into its files.
      redirect: { acceptsScheme: (_scheme, fields) => isMadeHere(fields) },
    };
  }

  /** Watches requests from their first hop to their end. Stands above `redirect`. */
  get observing(): Layer {
    return observing(this.listeners);
  }

  /** Decides on each hop, and answers what is not for the network. Stands below `redirect`. */
  get deciding(): Layer[] {
    return [askingBeforeRequests(this.listeners), handling(this.handlers, this.showing)];
  }

  /** Shows the header fields of what goes to the network. Stands above `cache`, so that nothing changed is kept. */
  get showing(): Layer {
    return showingHeaders(this.listeners);
  }
}
