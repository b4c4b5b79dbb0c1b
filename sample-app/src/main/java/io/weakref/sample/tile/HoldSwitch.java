package io.weakref.sample.tile;

import java.time.Duration;

/**
 * Decides whether tiles are held for a while after their last use. There is none where
 * tiles cannot be held.
 */
public interface HoldSwitch {

	/**
	 * Return whether tiles are held.
	 * @return whether they are
	 */
	boolean isHolding();

	/**
	 * Begin or end to hold tiles. All that are alive stay the same instances. To begin
	 * counts as a use of each of them; to end lets all of them go at once.
	 * @param holding whether tiles are held from now on
	 */
	void setHolding(boolean holding);

	/**
	 * Return how long a tile is held after its last use.
	 * @return the time, positive
	 */
	Duration holdFor();

}
