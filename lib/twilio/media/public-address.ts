import { BlockList, isIP } from 'node:net';

/** Everything that is not the public internet (IANA's special-purpose registries): our own machine, its network, the cloud's metadata. */
const NOT_PUBLIC_4: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Only 2000::/3 is in use as public space; in it these are not, or hide an IPv4 address (Teredo, 6to4). */
const NOT_PUBLIC_6: readonly [network: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const blocked = new BlockList();
for (const [network, prefix] of NOT_PUBLIC_4) blocked.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of NOT_PUBLIC_6) blocked.addSubnet(network, prefix, 'ipv6');

const globalSpace = new BlockList();
globalSpace.addSubnet('2000::', 3, 'ipv6');

/**
 * True for an address on the public internet. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`, `64:ff9b::…`) lies outside of
 * IPv6's public space and is none, whatever it stands for: a server of Twilio's is never reached that way.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked.check(address, 'ipv4');
    case 6:
      return globalSpace.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
    default:
      return false;
  }
}
