package io.weakref.collection;

/**
 * How old the entries of a {@link WeakCollection} are, estimated from a sample. The age
 * of an entry is the number of old garbage collections that it has survived since it was
 * first sampled. An old garbage collection is one of the old generation (a major one) or
 * of the whole heap. All figures are as of the last old garbage collection.
 * <p>
 * The cleaner of the weak collection counts old garbage collections. It begins to count
 * once it has served any weak collection during 20 garbage collections of any kind.
 *
 * @param sampled the number of entries in the sample, at most 256; 0 before the first old
 * garbage collection
 * @param outlived1 those that have survived at least one old garbage collection
 * @param outlived5 those that have survived at least 5
 * @param outlived20 those that have survived at least 20
 * @param neverShrinks whether, during the last 5 old garbage collections, the weak
 * collection had at least 1,000 entries and none died, and at least half of the sample is
 * that old; entries whose values the weak collection itself holds count neither as
 * entries nor as part of the sample
 * @since 0.1.0
 */
public record WeakAges(int sampled, int outlived1, int outlived5, int outlived20, boolean neverShrinks) {

	/**
	 * The figures of a weak collection that was not sampled.
	 */
	public static final WeakAges NONE = new WeakAges(0, 0, 0, 0, false);

	/**
	 * Return the share of the sample that has survived at least 5 old garbage
	 * collections.
	 * @return a number from 0 to 1; 0 if nothing was sampled
	 */
	public double agedShare() {
		return (this.sampled > 0) ? (double) this.outlived5 / this.sampled : 0;
	}

}
