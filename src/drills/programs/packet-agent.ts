/** Listens and tries connections on one machine of a network of packets. */
import '../../adapters/netns/agent.ts';
