package io.weakref.sample.experiment;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Tells listeners that somebody has asked for a garbage collection. The list is static,
 * as that of many a toolkit is, so whoever is not removed from it stays for ever.
 */
final class CollectionRequests {

	private static final List<Listener> LISTENERS = new CopyOnWriteArrayList<>();

	private CollectionRequests() {
	}

	static void add(Listener listener) {
		LISTENERS.add(listener);
	}

	static void removeIf(Predicate<Listener> unwanted) {
		LISTENERS.removeIf(unwanted);
	}

	static List<Listener> listeners() {
		return List.copyOf(LISTENERS);
	}

	static void tell() {
		LISTENERS.forEach(Listener::collectionRequested);
	}

	/**
	 * Wants to know.
	 */
	interface Listener {

		void collectionRequested();

	}

}
