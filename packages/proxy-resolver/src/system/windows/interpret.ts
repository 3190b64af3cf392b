import { HostRules, NO_PROXY_RULES, parseProxyRules } from '@netloom/contracts';
import { type ProxySettings, pacSettings, settings } from '../settings.js';
import { type ConnectionSettings, parseConnectionSettings } from './connection-settings.js';
import { binaryValue, numberValue, parseRegQuery, type RegistryValues, textValue } from './registry.js';

/** What `reg query` printed for each key; undefined where there is no such key or it may not be read. */
export interface WindowsRegistry {
  /** `HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings` */
  readonly policy?: string | undefined;
  /** `…\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings` of the user, and its `Connections`. */
  readonly user?: string | undefined;
  readonly userConnections?: string | undefined;
  /** The same of the machine. */
  readonly machine?: string | undefined;
  readonly machineConnections?: string | undefined;
}

/**
 * What the registry asks for: the user's internet settings, or those of the machine where a policy makes them the same
 * for all users. Where the user has none, as services do, those of WinHTTP (`netsh winhttp set proxy`). Undefined where
 * there are none at all.
 */
export function interpretWindows(registry: WindowsRegistry): ProxySettings | undefined {
  const values = (output: string | undefined) => (output === undefined ? undefined : parseRegQuery(output));
  const perMachine = numberValue(values(registry.policy) ?? new Map(), 'ProxySettingsPerUser') === 0;
  const own = perMachine
    ? internetSettings(values(registry.machine), values(registry.machineConnections))
    : internetSettings(values(registry.user), values(registry.userConnections));
  if (own !== undefined) return interpret(own, perMachine ? 'Windows settings of the machine' : 'Windows settings');

  const winHttp = binaryValue(values(registry.machineConnections) ?? new Map(), 'WinHttpSettings');
  const machine = winHttp === undefined ? undefined : parseConnectionSettings(winHttp);
  return machine === undefined ? undefined : interpret(machine, 'WinHTTP settings');
}

/** The binary value of the connection where there is one; it has flags that the text values do not have. */
function internetSettings(
  values: RegistryValues | undefined,
  connections: RegistryValues | undefined,
): ConnectionSettings | undefined {
  const bytes = binaryValue(connections ?? new Map(), 'DefaultConnectionSettings');
  const connection = bytes === undefined ? undefined : parseConnectionSettings(bytes);
  if (connection !== undefined || values === undefined) return connection;
  const pacUrl = textValue(values, 'AutoConfigURL') ?? '';
  return {
    useProxy: numberValue(values, 'ProxyEnable') === 1,
    usePac: pacUrl !== '',
    autoDetect: numberValue(values, 'AutoDetect') === 1,
    proxy: textValue(values, 'ProxyServer') ?? '',
    bypass: textValue(values, 'ProxyOverride') ?? '',
    pacUrl,
  };
}

function interpret(connection: ConnectionSettings, source: string): ProxySettings {
  const { useProxy, usePac, autoDetect, proxy, bypass, pacUrl } = connection;
  const automatic = usePac && pacUrl !== '' ? pacSettings(source, pacUrl) : settings(source);
  return {
    ...automatic,
    autoDetect,
    rules: useProxy ? parseProxyRules(proxy) : NO_PROXY_RULES,
    bypass: HostRules.parse(useProxy ? bypass : '', { loopbackName: true }),
  };
}
