/** The way to a server, as the advanced part of the sign-in has it. */
import { Proxy, type AccountSettings, type Security } from '../../contract/domain.ts'

export interface ConnectionChoice {
  host: string
  port: number | ''
  security: Security
  proxy: string
}

/** As it is at first: found from the address. */
export const anyConnection = (): ConnectionChoice => ({ host: '', port: '', security: 'starttls', proxy: '' })

/** As account settings have it; null: the proxy is none. */
export function connectionSettings({ host, port, security, proxy }: ConnectionChoice): Pick<AccountSettings, 'host' | 'port' | 'security' | 'proxy'> | null {
  const given = Proxy.nullable().safeParse(proxy.trim() === '' ? null : proxy.trim())
  if (!given.success) return null
  return { host: host.trim() === '' ? null : host.trim(), port: port === '' ? null : port, security, proxy: given.data }
}
