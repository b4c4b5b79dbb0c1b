package io.weakref.near.redis;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prefixes that a server watches, as strings of one character a byte. It refuses one that
 * overlaps another.
 */
final class Prefixes {

	private Prefixes() {
	}

	static String of(byte[] prefix) {
		return new String(prefix, StandardCharsets.ISO_8859_1);
	}

	/** Return the shortest ones: those that no other is a prefix of. */
	static Set<String> shortest(Collection<String> prefixes) {
		Set<String> shortest = new TreeSet<>();
		String last = null;
		// Sorted, a prefix comes right before all that begin with it.
		for (String prefix : new TreeSet<>(prefixes)) {
			if (last == null || !prefix.startsWith(last)) {
				shortest.add(prefix);
				last = prefix;
			}
		}
		return shortest;
	}

}
