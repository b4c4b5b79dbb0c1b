package io.weakref.collection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import io.weakref.reference.WeakRef;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent map that holds its values weakly: an entry lives as long as something else
 * refers to its value. Use it to keep one shared instance for each id while that instance
 * is in use:
 *
 * <pre class="code">
 * BufferedImage tile = tiles.computeIfAbsent(id, renderer::render);
 * </pre>
 *
 * An entry whose value has died is invisible to every later call, and is removed from the
 * table soon after a garbage collection. So the map behaves as if an unknown thread
 * removed entries: {@code get} may return {@code null} right after {@code containsKey}
 * has returned {@code true}, and an iteration may return fewer elements than
 * {@link #size()}. To obtain a value, use a single call of {@code get} or
 * {@code computeIfAbsent}.
 * <p>
 * Calls wait for each other only if they write the same key. While a function given to
 * {@code compute} and its like runs, other threads read the old value; those that write
 * the same key wait, including a removal through an iterator. {@link #clear()} does not
 * wait: a value that is being computed at that time is returned to its caller but not
 * stored. The same holds for a value that meets the condition of a bulk removal, such as
 * {@code values().removeIf}, that runs during the computation; the condition is then
 * tested on the thread that has computed the value. The function may use the map, except
 * to write its own key or a key whose function waits for the calling thread: that throws
 * an {@code IllegalStateException}. Every method on one key is atomic. Bulk methods and
 * views are weakly consistent and never throw {@code ConcurrentModificationException}. A
 * {@code null} key or value causes a {@code NullPointerException}, except that
 * {@code remove(key, null)}, {@code containsKey} and {@code containsValue} return
 * {@code false} for it. Not serializable.
 *
 * @param <K> the type of keys, compared by {@code equals}
 * @param <V> the type of values
 * @see WeakKeyDictionary
 * @since 0.1.0
 */
public non-sealed class WeakValueDictionary<K, V> extends WeakDictionary<K, V> {

	/**
	 * Create an empty dictionary with the shared cleaner.
	 */
	public WeakValueDictionary() {
		this(builder());
	}

	/**
	 * Create a dictionary with the shared cleaner and the entries of a map.
	 * @param source the map to copy
	 */
	@SuppressWarnings("this-escape") // what it calls cannot be overridden
	public WeakValueDictionary(Map<? extends K, ? extends V> source) {
		this(WeakValueDictionary.<K, V>builder().initialCapacity(source.size()));
		fill(source);
	}

	private WeakValueDictionary(Builder<K, V> builder) {
		super(builder);
	}

	/**
	 * Return a builder.
	 * @param <K> the type of keys
	 * @param <V> the type of values
	 * @return a builder with the default settings
	 */
	public static <K, V> Builder<K, V> builder() {
		return new Builder<>();
	}

	@Override
	public WeakCacheKind kind() {
		return WeakCacheKind.VALUES;
	}

	/**
	 * Return weak references to the live values. Some values may have died by the time
	 * their references are used.
	 * @return a new list
	 */
	public List<WeakRef<V>> valueRefs() {
		List<WeakRef<V>> refs = new ArrayList<>();
		valueRefIterator().forEachRemaining(refs::add);
		return refs;
	}

	/**
	 * Iterate over weak references to the live values, weakly consistent.
	 * @return an iterator that holds a value strongly only between {@code hasNext()} and
	 * {@code next()}
	 */
	public Iterator<WeakRef<V>> valueRefIterator() {
		return new RefIterator<>(values().iterator());
	}

	/**
	 * Return whether this dictionary holds its values strongly for a while after their
	 * last use.
	 * @return whether {@link Builder#holdFor} or {@link Builder#holdMax} was set
	 */
	public boolean isHolding() {
		return table().hold() != null;
	}

	/**
	 * Return the number of values that this dictionary itself holds strongly. The other
	 * entries exist only because something else refers to their values.
	 * @return the number of values that are held now; 0 if this dictionary does not hold
	 * values
	 */
	public int heldCount() {
		return table().heldCount();
	}

	/**
	 * Release all values that are held now. No entry is removed: an entry stays as long
	 * as something else refers to its value, and its value is held again from its next
	 * use on.
	 */
	public void releaseHeld() {
		HoldWindow hold = table().hold();
		if (hold != null) {
			hold.letGoAll();
		}
	}

	/**
	 * Return how many values are held now and how many were released so far.
	 * @return the figures; all are 0 if this dictionary does not hold values
	 */
	public HoldStats holdStats() {
		HoldWindow hold = table().hold();
		return (hold != null) ? hold.stats() : new HoldStats(0, 0, 0, 0);
	}

	/**
	 * Estimate how many of the counted misses asked for a key whose value had died within
	 * the last 5 minutes. A dictionary that had held its values for that long would have
	 * found them. Exact as long as no more than some hundred values die in that time; if
	 * more die, the number is extrapolated from a sample.
	 * @return the number of lost hits; 0 without statistics
	 */
	public long lostHits() {
		return table().lostCount();
	}

	/**
	 * Builds a {@link WeakValueDictionary}.
	 *
	 * @param <K> the type of keys
	 * @param <V> the type of values
	 */
	public static final class Builder<K, V> extends WeakCollectionBuilder<Builder<K, V>> {

		private @Nullable Duration holdFor;

		private int holdMax;

		/** The clock, {@code null} for that of the JVM. */
		private @Nullable LongSupplier nanoTime;

		private int firstTick;

		private Builder() {
			super(WeakCacheKind.VALUES);
		}

		/**
		 * Hold each value strongly until it has not been used for a time. After that it
		 * is held weakly: the entry stays as long as something else refers to the value,
		 * and the next use holds the value strongly again. A use is any call that obtains
		 * or stores a value by its key: {@code get}, {@code getOrDefault}, {@code put},
		 * {@code putIfAbsent}, {@code replace}, {@code computeIfAbsent}, a result of
		 * {@code compute} and its like, and {@code setValue} of an entry. Calls of
		 * {@code containsKey}, iterators and views are no uses. A value that is removed
		 * or replaced is released immediately.
		 * <p>
		 * A value is released some time after it is due: at most an eighth of the time to
		 * hold later, or one second if that is more. All values are released before the
		 * JVM runs out of memory, and when the cleaner is closed. This is not an
		 * expiration that keeps values fresh: a value that is in use stays forever.
		 * @param holdFor the time, positive; by default values are not held
		 * @return this builder
		 */
		public Builder<K, V> holdFor(Duration holdFor) {
			if (holdFor.isNegative() || holdFor.isZero()) {
				throw new IllegalArgumentException("holdFor must be positive: " + holdFor);
			}
			this.holdFor = holdFor;
			return this;
		}

		/**
		 * Limit the number of values that are held strongly, as by {@link #holdFor}. If a
		 * value is to be held and the limit is reached, another value is released, one
		 * that was used neither recently nor often.
		 * @param holdMax the maximum number of values, positive; by default there is no
		 * limit if {@link #holdFor} is set, and otherwise values are not held
		 * @return this builder
		 */
		public Builder<K, V> holdMax(int holdMax) {
			if (holdMax <= 0) {
				throw new IllegalArgumentException("holdMax must be positive: " + holdMax);
			}
			this.holdMax = holdMax;
			return this;
		}

		/** Use another clock than that of the JVM, and another first tick. */
		Builder<K, V> time(LongSupplier nanoTime, int firstTick) {
			this.nanoTime = nanoTime;
			this.firstTick = firstTick;
			return this;
		}

		@Override
		boolean holds() {
			return this.holdFor != null || this.holdMax > 0;
		}

		@Override
		<A, B> WeakTable<A, B> table(String name, WeakCollection owner) {
			WeakTable<A, B> table = table(name, owner, false, KeyMatch.EQUALITY, KeyRetention.OLDEST);
			if (holds()) {
				int most = (this.holdMax > 0) ? this.holdMax : Integer.MAX_VALUE;
				table.hold(nanos(this.holdFor), most, nanoTime(), this.firstTick);
			}
			if (isRecordingStats()) {
				table.recordLostIn(new LostKeys(nanoTime()));
			}
			return table;
		}

		private LongSupplier nanoTime() {
			return (this.nanoTime != null) ? this.nanoTime : System::nanoTime;
		}

		private static long nanos(@Nullable Duration time) {
			try {
				return (time != null) ? time.toNanos() : Long.MAX_VALUE;
			}
			catch (ArithmeticException ex) {
				return Long.MAX_VALUE;
			}
		}

		/**
		 * Create the dictionary.
		 * @return an empty dictionary
		 */
		@Override
		public WeakValueDictionary<K, V> build() {
			return new WeakValueDictionary<>(this);
		}

	}

}
