package io.weakref.retention;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The main class of the JVM that reads a heap dump for a {@link RetentionAnalysis}. It
 * reads the name of the collection from its standard input and answers on its standard
 * output: a byte once the file is open, then the report or the reason why there is none.
 * The end of the input means that the application has ended. In that case it deletes the
 * heap dump and exits.
 */
final class ReaderMain {

	static final int OPEN = 'o';

	static final int REPORT = 'r';

	static final int ERROR = 'e';

	private ReaderMain() {
	}

	/**
	 * Read a heap dump.
	 * @param arguments the path of the heap dump
	 */
	public static void main(String[] arguments) throws IOException {
		Path dump = Path.of(arguments[0]);
		DataInputStream input = new DataInputStream(System.in);
		DataOutputStream output = new DataOutputStream(new BufferedOutputStream(System.out));
		String collection = input.readUTF();
		Thread watch = new Thread(() -> endWith(input, dump), "application-watch");
		watch.setDaemon(true);
		watch.start();
		try {
			HeapFile file = HeapFile.open(dump);
			output.writeByte(OPEN);
			output.flush();
			RetentionReport report = RetentionSearch.run(file, collection, Progress.NONE);
			output.writeByte(REPORT);
			report.writeTo(output);
		}
		catch (RetentionException ex) {
			output.writeByte(ERROR);
			output.writeUTF(String.valueOf(ex.getMessage()));
		}
		catch (OutOfMemoryError ex) {
			output.writeByte(ERROR);
			output.writeUTF("Reading the heap dump needs more memory than the %d MB that the reading JVM may use."
				.formatted(Runtime.getRuntime().maxMemory() >> 20));
		}
		output.flush();
	}

	private static void endWith(DataInputStream application, Path dump) {
		try {
			application.transferTo(OutputStream.nullOutputStream());
			Files.deleteIfExists(dump);
		}
		catch (IOException ex) {
			// Exit anyway.
		}
		Runtime.getRuntime().halt(1);
	}

}
