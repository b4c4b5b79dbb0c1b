package io.weakref.near.redis;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prefixes that a server watches, as strings with one character for each byte. A server
 * refuses prefixes that overlap.
 */
final class Prefixes {

	private Prefixes() {
	}

	static String of(byte[] prefix) {
		return new String(prefix, StandardCharsets.ISO_8859_1);
	}

	/** Return the prefixes that do not begin with another one of them. */
	static Set<String> shortest(Collection<String> prefixes) {
		Set<String> shortest = new TreeSet<>();
		String last = null;
		// In sorted order, a prefix comes directly before all strings that begin with it.
		for (String prefix : new TreeSet<>(prefixes)) {
			if (last == null || !prefix.startsWith(last)) {
				shortest.add(prefix);
				last = prefix;
			}
		}
		return shortest;
	}

}
