package io.weakref.collection;

/**
 * How old the entries of a {@link WeakCollection} are, told by a sample of them. The age
 * of an entry is the number of old garbage collections that it has outlived since it was
 * first sampled; an old garbage collection is one of the old generation (a major one), or
 * of the whole heap. All figures are those of the last old garbage collection.
 * <p>
 * Old garbage collections are counted by the cleaner of the collection, from the time on
 * at which it has served some collection for 20 garbage collections of any kind.
 *
 * @param sampled the number of entries in the sample, at most 256; 0 before the first old
 * garbage collection
 * @param outlived1 those that have outlived at least one old garbage collection
 * @param outlived5 those that have outlived at least 5
 * @param outlived20 those that have outlived at least 20
 * @param neverShrinks whether the collection has had at least 1,000 entries during the
 * last 5 old garbage collections, of which none has died, and at least half of the sample
 * is that old
 * @since 0.1.0
 */
public record WeakAges(int sampled, int outlived1, int outlived5, int outlived20, boolean neverShrinks) {

	/**
	 * Nothing was sampled.
	 */
	public static final WeakAges NONE = new WeakAges(0, 0, 0, 0, false);

	/**
	 * Return the share of the sample that has outlived at least 5 old garbage
	 * collections.
	 * @return a number from 0 to 1; 0 where nothing was sampled
	 */
	public double agedShare() {
		return (this.sampled > 0) ? (double) this.outlived5 / this.sampled : 0;
	}

}
