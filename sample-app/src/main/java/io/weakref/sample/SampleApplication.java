package io.weakref.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Starts the Mandelbrot explorer.
 */
@SpringBootApplication
@EnableScheduling
public class SampleApplication {

	/**
	 * Start the application.
	 * @param args the command line, for example {@code --server.port=9090}
	 */
	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

}
