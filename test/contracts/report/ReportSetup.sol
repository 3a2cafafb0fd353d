// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BalanceReport} from "../../../contracts/accounting/BalanceReport.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {ChunkRun} from "../../../contracts/libraries/ChunkRun.sol";
import {Gwei} from "../../../contracts/libraries/Units.sol";
import {Test} from "../support/Test.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {SimulatedNeighbours} from "./SimulatedNeighbours.sol";

/// @title A report among simulated neighbours
abstract contract ReportSetup is Test {
    SimulatedNeighbours internal neighbours;
    BalanceReport internal report;

    function setUp() public virtual {
        vm.warp(1_900_000_000);
        neighbours = new SimulatedNeighbours();
        report = new BalanceReport(wiringOf(address(neighbours), 1 days));
        neighbours.setReport(report);
        neighbours.setBooks(1_000 ether, 300 ether, 33 ether);
    }

    function header() internal view returns (IBeaconVerifier.BeaconBlockHeader memory) {
        return neighbours.headerAt(report.startedAt());
    }

    function prove(uint256 firstChunk, uint256 chunks) internal {
        report.prove(header(), proofOf(firstChunk, chunks));
    }

    function proofOf(
        uint256 firstChunk,
        uint256 chunks
    ) internal pure returns (IBeaconVerifier.BalancesProof memory proof) {
        proof.runs = new ChunkRun[](1);
        proof.runs[0] = run(firstChunk, chunks);
    }

    function run(uint256 firstChunk, uint256 chunks) internal pure returns (ChunkRun) {
        return ChunkRun.wrap(uint64(firstChunk | (chunks << 40)));
    }

    function eth(uint64 amount) internal pure returns (Gwei) {
        return Gwei.wrap(amount * 1e9);
    }

    function special() internal pure returns (SimulatedNeighbours.Special memory how) {
        how.counts = true;
    }
}
