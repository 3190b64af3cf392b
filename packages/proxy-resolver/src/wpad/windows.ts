import { runCommand, windowsProgram } from '../os/run-command.js';

// WinHTTP asks the DHCP client service; there is no command that shows option 252.
const DETECT = `
$api = Add-Type -PassThru -Name WinHttp -Namespace Netloom -MemberDefinition @'
[DllImport("winhttp.dll", SetLastError = true)]
public static extern bool WinHttpDetectAutoProxyConfigUrl(uint flags, out IntPtr url);
'@
$url = [IntPtr]::Zero
if ($api::WinHttpDetectAutoProxyConfigUrl(1, [ref] $url)) { [Runtime.InteropServices.Marshal]::PtrToStringUni($url) }
`;

/** What Windows learned from DHCP. */
export async function readWindowsDhcp(): Promise<string | undefined> {
  const script = Buffer.from(DETECT, 'utf16le').toString('base64');
  const program = windowsProgram('WindowsPowerShell\\v1.0\\powershell.exe');
  const output = await runCommand(program, ['-NoProfile', '-NonInteractive', '-EncodedCommand', script]);
  return output?.trim() || undefined;
}
