/** File types that a system runs, mounts, installs or lets run scripts, instead of showing them. Pure. */

const PROGRAMS = new Set(
  `.a3x .accda .accde .ade .adp .apk .app .appimage .appinstaller .applescript .application .appref-ms .appx .appxbundle .automator
   .bash .bat .bin .bundle .chm .class .cmd .cnt .com .command .cpl .csh .deb .desklink .deskthemepack .desktop .diagcab .diagcfg
   .diagpkg .dll .dmg .docm .dotm .ear .elf .exe .fileloc .fish .flatpak .flatpakref .gadget .grp .hlp .hpj .hta .htm .html .img
   .inetloc .inf .ins .ipa .iqy .iso .jar .jnlp .js .jse .jsp .kext .ksh .library-ms .lnk .lua .mad .maf .mam .mapimail .maq .mar
   .mas .mau .mav .maw .mde .mht .mhtml .mjs .mobileconfig .mpkg .msc .msh .msi .msix .msixbundle .msp .mst .ocx .one .oqy .osax .pcd
   .php .pif .pkg .pl .plg .potm .ppam .ppsm .pptm .prefpane .prg .provisionprofile .ps1 .psm1 .py .pyc .pyo .pyw .pyz .pyzw .rb .rdp
   .reg .rpm .rqy .run .saver .scf .scpt .scptd .scr .sct .search-ms .searchconnector-ms .service .settingcontent-ms .sh .shb .shs
   .sldm .slk .snap .so .svg .svgz .swf .sys .tcl .terminal .theme .themepack .tool .udl .url .vb .vbe .vbs .vhd .vhdx .vxd .war
   .webloc .webpnp .website .wim .wiz .workflow .ws .wsc .wsf .wsh .xbap .xht .xhtml .xla .xlam .xll .xlm .xlsb .xlsm .xltm .xnk .xpi
   .xsl .xslt .zsh`.split(/\s+/)
)

/** Tests a file name. Windows drops blanks and dots at the end, and an NTFS stream name hides the extension before it. */
export function isProgram(name: string): boolean {
  const plain = name
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/[\s.]+$/, '')
    .toLowerCase()
  return [plain, plain.replace(/:.*$/s, '').replace(/[\s.]+$/, '')].some((one) => PROGRAMS.has(/\.[^.\\/]+$/.exec(one)?.[0] ?? ''))
}
