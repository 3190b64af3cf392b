/** Methods of Electron's `app` that need windows, a desktop or Chromium's processes. */
export const ABSENT_APP_METHODS = [
  ...(['addRecentDocument', 'clearRecentDocuments', 'configureWebAuthn', 'disableHardwareAcceleration'] as const),
  ...([
    'disableDomainBlockingFor3DAPIs',
    'enableSandbox',
    'focus',
    'getAccessibilitySupportFeatures',
    'getAppMetrics',
  ] as const),
  ...(['getApplicationInfoForProtocol', 'getApplicationNameForProtocol', 'getBadgeCount'] as const),
  ...(['getCurrentActivityType', 'getFileIcon', 'getGPUFeatureStatus', 'getGPUInfo', 'getJumpListSettings'] as const),
  ...(['getLocale', 'getLocaleCountryCode', 'getLoginItemSettings', 'getPreferredSystemLanguages'] as const),
  ...(['getRecentDocuments', 'getSystemLocale', 'hasSingleInstanceLock', 'hide'] as const),
  ...(['invalidateCurrentActivity', 'isAccessibilitySupportEnabled', 'isActive', 'isDefaultProtocolClient'] as const),
  ...(['isEmojiPanelSupported', 'isHardwareAccelerationEnabled', 'isHidden', 'isInApplicationsFolder'] as const),
  ...(['isSecureKeyboardEntryEnabled', 'moveToApplicationsFolder', 'relaunch', 'releaseSingleInstanceLock'] as const),
  ...(['removeAsDefaultProtocolClient', 'requestSingleInstanceLock', 'resignCurrentActivity'] as const),
  ...(['setAboutPanelOptions', 'setAccessibilitySupportEnabled', 'setAccessibilitySupportFeatures'] as const),
  ...(['setActivationPolicy', 'setAppLogsPath', 'setAppUserModelId', 'setAsDefaultProtocolClient'] as const),
  ...(['setBadgeCount', 'setClientCertRequestPasswordHandler', 'setDesktopName', 'setJumpList'] as const),
  ...(['setLoginItemSettings', 'setSecureKeyboardEntryEnabled', 'setToastActivatorCLSID', 'setUserActivity'] as const),
  ...(['setUserTasks', 'show', 'showAboutPanel', 'showEmojiPanel', 'startAccessingSecurityScopedResource'] as const),
  ...(['startAppShimServer', 'stopAppShimServer', 'updateCurrentActivity'] as const),
] as const;

/** Methods of Electron's sessions that need pages, devices or extensions. */
export const ABSENT_SESSION_METHODS = [
  ...(['addWordToSpellCheckerDictionary', 'clearCodeCaches', 'createInterruptedDownload', 'downloadURL'] as const),
  ...(['getAllExtensions', 'getBlobData', 'getExtension', 'getPreloads', 'getPreloadScripts'] as const),
  ...(['getSpellCheckerLanguages', 'isSpellCheckerEnabled', 'listWordsInSpellCheckerDictionary'] as const),
  ...(['loadExtension', 'registerLocalAIHandler', 'registerPreloadScript', 'removeExtension'] as const),
  ...(['removeWordFromSpellCheckerDictionary', 'setBluetoothPairingHandler', 'setCodeCachePath'] as const),
  ...(['setDevicePermissionHandler', 'setDisplayMediaRequestHandler', 'setDownloadPath'] as const),
  ...(['setPermissionCheckHandler', 'setPermissionRequestHandler', 'setPreloads'] as const),
  ...(['setSpellCheckerDictionaryDownloadURL', 'setSpellCheckerEnabled', 'setSpellCheckerLanguages'] as const),
  ...(['setUSBProtectedClassesHandler', 'unregisterPreloadScript'] as const),
] as const;

/** Objects of Electron's sessions that are not there. */
export const ABSENT_SESSION_OBJECTS = ['extensions', 'serviceWorkers'] as const;

/** Objects of Electron's `net` that only its main process has. */
export const ABSENT_UTILITY_NET_OBJECTS = ['WebSocket'] as const;
