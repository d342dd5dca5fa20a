export * from "../../denoiser.js";
