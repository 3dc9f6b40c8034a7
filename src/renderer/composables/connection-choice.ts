/** Connection settings as entered in the advanced part of the sign-in. */
import { Proxy, type AccountSettings, type Security } from '../../contract/domain.ts'

export interface ConnectionChoice {
  host: string
  port: number | ''
  security: Security
  proxy: string
}

/** Initial choice: the server is found from the address. */
export const anyConnection = (): ConnectionChoice => ({ host: '', port: '', security: 'starttls', proxy: '' })

/** Returns the choice as account settings, or null where the proxy is invalid. */
export function connectionSettings({ host, port, security, proxy }: ConnectionChoice): Pick<AccountSettings, 'host' | 'port' | 'security' | 'proxy'> | null {
  const given = Proxy.nullable().safeParse(proxy.trim() === '' ? null : proxy.trim())
  if (!given.success) return null
  return { host: host.trim() === '' ? null : host.trim(), port: port === '' ? null : port, security, proxy: given.data }
}
