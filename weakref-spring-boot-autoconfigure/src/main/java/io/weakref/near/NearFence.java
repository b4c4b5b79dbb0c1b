package io.weakref.near;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.NotReferenceableException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the first level from storing what was read before a change: the fence of one near
 * cache.
 * <p>
 * A reader takes a {@link Lease} on a key, reads the second level, stores what it found
 * if the lease still counts, and gives the lease back. A change drops the lease. The
 * invariants:
 * <ol>
 * <li>A lease counts exactly while {@link #leases} maps its key to it. Whoever drops it
 * removes it from there; a lease that was dropped never counts again.</li>
 * <li>{@link #store} looks at the lease and writes the first level in one step of that
 * map, and {@link #drop} removes the lease in a step of the same map <em>before</em> it
 * removes the entry. So a value is either stored before the lease is dropped, and then
 * removed with the entry, or not stored at all. Dropping all keys does the same for each
 * of them.</li>
 * <li>A reader takes its lease before it reads. With the second invariant: once a change
 * was told, what was read before it is not in the first level and never comes back.</li>
 * <li>Readers of one key share one lease; the last one that gives it back removes it. To
 * join a lease is sound: that it counts means that nothing was told since it was taken,
 * which was before the joiner reads.</li>
 * <li>{@code holders} of a lease change only in a step of the map while the lease
 * counts.</li>
 * <li>A load that others may join is in {@link #flights} from before its lease is taken
 * until a change is told or it ends, whichever comes first. So whoever comes after a
 * change joins no load that began before it.</li>
 * </ol>
 * No method waits for a reader, a loader or the second level, and none calls code of the
 * application.
 */
final class NearFence {

	private final WeakValueDictionary<NearKey, Object> first;

	private final ConcurrentMap<NearKey, Lease> leases = new ConcurrentHashMap<>();

	private final ConcurrentMap<NearKey, Flight> flights = new ConcurrentHashMap<>();

	NearFence(WeakValueDictionary<NearKey, Object> first) {
		this.first = first;
	}

	/** Return the value of a key in the first level, if there is one. */
	@Nullable Object get(NearKey key) {
		return this.first.get(key);
	}

	/** Take a lease on a key, to be given back with {@link #release}. */
	Lease lease(NearKey key) {
		return this.leases.compute(key, (same, current) -> {
			Lease lease = (current != null) ? current : new Lease();
			lease.holders++;
			return lease;
		});
	}

	/** Return whether a lease counts. */
	boolean counts(NearKey key, Lease lease) {
		return this.leases.get(key) == lease;
	}

	/**
	 * Run an action if a lease counts, in one step with that look; the action is short
	 * and knows no lease.
	 */
	boolean ifCounts(NearKey key, Lease lease, Runnable action) {
		boolean[] counted = new boolean[1];
		this.leases.computeIfPresent(key, (same, current) -> {
			if (current == lease) {
				action.run();
				counted[0] = true;
			}
			return current;
		});
		return counted[0];
	}

	/**
	 * Store a value that was read under a lease, if the lease still counts.
	 * @return whether the lease counted
	 */
	boolean store(NearKey key, Lease lease, Object value) {
		try {
			return ifCounts(key, lease, () -> this.first.put(key, value));
		}
		catch (NotReferenceableException ex) {
			// Of a strict first level: the second level alone has it.
			return true;
		}
	}

	/** Give a lease back. */
	void release(NearKey key, Lease lease) {
		this.leases.computeIfPresent(key, (same, current) -> {
			if (current != lease) {
				return current;
			}
			lease.holders--;
			return (lease.holders == 0) ? null : lease;
		});
	}

	/**
	 * Begin a load that others may join.
	 * @return the load that runs already, or null if this one is it
	 */
	@Nullable Flight join(NearKey key, Flight flight) {
		return this.flights.putIfAbsent(key, flight);
	}

	/** End a load that others may join. */
	void land(NearKey key, Flight flight) {
		this.flights.remove(key, flight);
	}

	/** A key has changed. */
	void drop(NearKey key) {
		this.flights.remove(key);
		this.leases.remove(key);
		this.first.remove(key);
	}

	/** Every key may have changed. */
	void dropAll() {
		this.flights.clear();
		this.leases.clear();
		this.first.clear();
	}

	/** Some keys may have changed. */
	void dropAll(Predicate<? super NearKey> keys) {
		this.flights.keySet().removeIf(keys);
		this.leases.keySet().removeIf(keys);
		this.first.keySet().removeIf(keys);
	}

	/**
	 * The right to store what is read from now on.
	 */
	static final class Lease {

		private int holders;

	}

}
