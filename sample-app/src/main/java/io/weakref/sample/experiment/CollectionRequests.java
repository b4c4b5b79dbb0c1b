package io.weakref.sample.experiment;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Notifies listeners that a garbage collection was requested. The list is static, as in
 * many toolkits, so a listener that is not removed from it stays forever.
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
	 * Is notified of requests.
	 */
	interface Listener {

		void collectionRequested();

	}

}
