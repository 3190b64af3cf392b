import { absent } from './absent.js';

/*
 * What Electron's main process exports besides, so that a program which imports it can be loaded. Plain JavaScript: the
 * types beside this file know nothing of it, and so neither does a compiler.
 */
export const autoUpdater = absent('autoUpdater');
export const BaseWindow = absent('BaseWindow');
export const BrowserView = absent('BrowserView');
export const BrowserWindow = absent('BrowserWindow');
export const clipboard = absent('clipboard');
export const ClipboardItem = absent('ClipboardItem');
export const contentTracing = absent('contentTracing');
export const desktopCapturer = absent('desktopCapturer');
export const dialog = absent('dialog');
export const globalShortcut = absent('globalShortcut');
export const ImageView = absent('ImageView');
export const inAppPurchase = absent('inAppPurchase');
export const ipcMain = absent('ipcMain');
export const IpcMainServiceWorker = absent('IpcMainServiceWorker');
export const Menu = absent('Menu');
export const MenuItem = absent('MenuItem');
export const MessageChannelMain = absent('MessageChannelMain');
export const nativeTheme = absent('nativeTheme');
export const Notification = absent('Notification');
export const powerMonitor = absent('powerMonitor');
export const powerSaveBlocker = absent('powerSaveBlocker');
export const pushNotifications = absent('pushNotifications');
export const safeStorage = absent('safeStorage');
export const screen = absent('screen');
export const ShareMenu = absent('ShareMenu');
export const systemPreferences = absent('systemPreferences');
export const TouchBar = absent('TouchBar');
export const Tray = absent('Tray');
export const utilityProcess = absent('utilityProcess');
export const View = absent('View');
export const webContents = absent('webContents');
export const WebContentsView = absent('WebContentsView');
export const webFrameMain = absent('webFrameMain');
