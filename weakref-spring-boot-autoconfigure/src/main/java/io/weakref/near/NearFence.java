package io.weakref.near;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

import io.weakref.collection.WeakValueDictionary;
import io.weakref.reference.NotReferenceableException;
import org.jspecify.annotations.Nullable;

/**
 * The fence of one near cache: prevents the first level from storing a value that was
 * read before a change.
 * <p>
 * A reader takes a {@link Lease} on a key, reads the second level, stores what it found
 * if the lease is still valid, and releases the lease. A change drops the lease. The
 * invariants:
 * <ol>
 * <li>A lease is valid exactly while {@link #leases} maps its key to it. To drop a lease
 * is to remove it from that map; a dropped lease never becomes valid again.</li>
 * <li>{@link #store} checks the lease and writes the first level in one atomic operation
 * of that map, and {@link #drop} removes the lease with an atomic operation of the same
 * map <em>before</em> it removes the entry. So a value is either stored before the lease
 * is dropped, and then removed with the entry, or not stored at all. Dropping all keys
 * does the same for each of them.</li>
 * <li>A reader takes its lease before it reads. With the second invariant this means:
 * once a change was reported, a value that was read before it is not in the first level
 * and is never stored there again.</li>
 * <li>Readers of one key share one lease; the last one to release it removes it. Sharing
 * a lease is sound: while it is valid no change was reported since it was taken, and it
 * was taken before any of them reads.</li>
 * <li>The {@code holders} of a lease change only in an atomic operation of the map while
 * the lease is valid.</li>
 * <li>A load that others may join is in {@link #flights} from before its lease is taken
 * until a change is reported or the load ends, whichever comes first. So a caller that
 * comes after a change never joins a load that began before it.</li>
 * </ol>
 * No method waits for a reader, a loader or the second level, and none calls application
 * code.
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

	/** Take a lease on a key. The caller must {@link #release} it. */
	Lease lease(NearKey key) {
		return this.leases.compute(key, (same, current) -> {
			Lease lease = (current != null) ? current : new Lease();
			lease.holders++;
			return lease;
		});
	}

	/** Return whether a lease is valid. */
	boolean isValid(NearKey key, Lease lease) {
		return this.leases.get(key) == lease;
	}

	/**
	 * Check that a lease is valid and run an action if it is, atomically. The action must
	 * be short and must not use leases.
	 */
	boolean ifValid(NearKey key, Lease lease, Runnable action) {
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
	 * Store a value that was read under a lease if the lease is still valid.
	 * @return whether the lease was valid
	 */
	boolean store(NearKey key, Lease lease, Object value) {
		try {
			return ifValid(key, lease, () -> this.first.put(key, value));
		}
		catch (NotReferenceableException ex) {
			// A strict first level refuses the value, so only the second level has it.
			return true;
		}
	}

	/** Release a lease. */
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
	 * Register a load that others may join.
	 * @return the load that is already in progress, or null if the given one was
	 * registered
	 */
	@Nullable Flight join(NearKey key, Flight flight) {
		return this.flights.putIfAbsent(key, flight);
	}

	/** Unregister a load that has ended. */
	void land(NearKey key, Flight flight) {
		this.flights.remove(key, flight);
	}

	/** Called when a key has changed. */
	void drop(NearKey key) {
		this.flights.remove(key);
		this.leases.remove(key);
		this.first.remove(key);
	}

	/** Called when every key may have changed. */
	void dropAll() {
		this.flights.clear();
		this.leases.clear();
		this.first.clear();
	}

	/** Called when some keys may have changed. */
	void dropAll(Predicate<? super NearKey> keys) {
		this.flights.keySet().removeIf(keys);
		this.leases.keySet().removeIf(keys);
		this.first.keySet().removeIf(keys);
	}

	/**
	 * The right to store a value that is read while the lease is valid.
	 */
	static final class Lease {

		private int holders;

	}

}
