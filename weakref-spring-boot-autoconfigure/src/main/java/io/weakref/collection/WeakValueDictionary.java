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
 * A concurrent map that holds its values weakly: an entry lives as long as somebody else
 * holds its value. The way to keep one shared instance for each id while anybody uses it:
 *
 * <pre class="code">
 * BufferedImage tile = tiles.computeIfAbsent(id, renderer::render);
 * </pre>
 *
 * An entry whose value has died is invisible to every call from then on and removed from
 * the table soon after a collection. It therefore looks as if an unknown thread removed
 * entries: {@code containsKey} then {@code get} may find and not find, an iteration may
 * return fewer elements than {@link #size()} said. One call of {@code get} or
 * {@code computeIfAbsent} is the way to obtain a value.
 * <p>
 * No call waits for another but those that write the same key. While a function given to
 * {@code compute} and its like runs, other threads read the old value, and those that
 * write the same key wait, a removal through an iterator among them. {@link #clear()}
 * does not wait: what is being computed then reaches its caller and is not stored; nor is
 * what meets the condition of a bulk removal, such as {@code values().removeIf}, that
 * came by meanwhile (the condition is then told on the thread that has computed the
 * value). The function may use the map, but for its own key, or one whose function waits
 * for the calling thread: then it gets an {@code IllegalStateException}. Every method on
 * one key is atomic. Bulk methods and views are weakly consistent and never throw
 * {@code ConcurrentModificationException}. {@code null} is refused with a
 * {@code NullPointerException} as key and value, and is contained nowhere. Not
 * serializable.
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
	 * Create a dictionary with the shared cleaner that has the entries of a map.
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
	 * Return references to the live values, which keep none of them alive: some may be
	 * dead when they are used.
	 * @return a new list
	 */
	public List<WeakRef<V>> valueRefs() {
		List<WeakRef<V>> refs = new ArrayList<>();
		valueRefIterator().forEachRemaining(refs::add);
		return refs;
	}

	/**
	 * Iterate over references to the live values, weakly consistent.
	 * @return an iterator that holds a value only between {@code hasNext()} and
	 * {@code next()}
	 */
	public Iterator<WeakRef<V>> valueRefIterator() {
		return new RefIterator<>(values().iterator());
	}

	/**
	 * Return whether this dictionary holds its values for a while after their last use.
	 * @return whether {@link Builder#holdFor} or {@link Builder#holdMax} was set
	 */
	public boolean isHolding() {
		return table().hold() != null;
	}

	/**
	 * Return the number of values that this dictionary holds itself. The other entries
	 * are there only because somebody else holds their values.
	 * @return the number of values that are held now; 0 where none ever is
	 */
	public int heldCount() {
		return table().heldCount();
	}

	/**
	 * Hold none of the present values any longer. No entry is removed: one whose value
	 * somebody else holds stays, and is held again with its next use.
	 */
	public void releaseHeld() {
		HoldWindow hold = table().hold();
		if (hold != null) {
			hold.letGoAll();
		}
	}

	/**
	 * Return what was held and let go so far.
	 * @return the figures; all are 0 where values are not held
	 */
	public HoldStats holdStats() {
		HoldWindow hold = table().hold();
		return (hold != null) ? hold.stats() : new HoldStats(0, 0, 0, 0);
	}

	/**
	 * Estimate how many of the misses that were counted asked for a key whose value had
	 * died within the last 5 minutes: a dictionary that had held its values for so long
	 * would have found it. Exact while no more than some hundred values die in that time;
	 * of more, a part is remembered, and counted several times.
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

		/** Null for the JVM's time. */
		private @Nullable LongSupplier nanoTime;

		private int firstTick;

		private Builder() {
			super(WeakCacheKind.VALUES);
		}

		/**
		 * Hold each value strongly until it was not used for a time. After that it is
		 * weak, so the entry stays for as long as somebody else holds the value, and the
		 * next use holds it again. A use is whatever obtains or stores a value by its
		 * key: {@code get}, {@code getOrDefault}, {@code put}, {@code putIfAbsent},
		 * {@code replace}, {@code computeIfAbsent}, a result of {@code compute} and its
		 * like, and {@code setValue} of an entry; {@code containsKey}, iterators and
		 * views are none. What is removed or replaced is let go at once.
		 * <p>
		 * Values are let go some time after they are due: at most an eighth of the time,
		 * or one second if that is more. All of them are given up before the JVM runs out
		 * of memory, and when the cleaner is closed. This is no freshness: what is in use
		 * stays for ever.
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
		 * Hold at most so many values strongly, as {@link #holdFor} does. If a value is
		 * to be held and there are as many, another one is let go, which was used least
		 * recently and least often.
		 * @param holdMax the number of values, positive; by default there is no limit if
		 * {@link #holdFor} is set, else values are not held
		 * @return this builder
		 */
		public Builder<K, V> holdMax(int holdMax) {
			if (holdMax <= 0) {
				throw new IllegalArgumentException("holdMax must be positive: " + holdMax);
			}
			this.holdMax = holdMax;
			return this;
		}

		/** Tell another time than the JVM's, from another tick on. */
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
		 * Make the dictionary.
		 * @return an empty dictionary
		 */
		@Override
		public WeakValueDictionary<K, V> build() {
			return new WeakValueDictionary<>(this);
		}

	}

}
