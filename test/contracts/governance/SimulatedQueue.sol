// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IPoolRedemptions} from "../../../contracts/interfaces/IPoolRedemptions.sol";

/// @dev Plays pool, report and timelock for the governance contracts: a queue of cycles without ETH, and a token anyone may mint.
/// The queue's rules are those of IPoolRedemptions: a report closes the current cycle unless it is empty, fills go in order.
contract SimulatedQueue is ERC20("Simulated shares", "SIM") {
    uint64 public closedAt;
    uint64 public lastFinishedAt;
    uint64 public pausedUntil;
    uint64 public quarantinedUntil;

    uint256 public currentCycle = 1;
    uint256 public oldestOpenCycle = 1;
    mapping(uint256 cycleId => IPoolRedemptions.Cycle) private _cycles;

    function mint(address receiver, uint256 shares) external {
        _mint(receiver, shares);
    }

    function request(uint256 shares) external {
        _cycles[currentCycle].shares += shares;
    }

    function report() external {
        lastFinishedAt = uint64(block.timestamp);
        IPoolRedemptions.Cycle storage open = _cycles[currentCycle];
        if (open.shares == 0) return;
        open.closedAt = uint64(block.timestamp);
        currentCycle++;
    }

    function fill(uint256 shares) external returns (uint256 filled) {
        while (oldestOpenCycle < currentCycle && filled < shares) {
            IPoolRedemptions.Cycle storage oldest = _cycles[oldestOpenCycle];
            uint256 rest = oldest.shares - oldest.filledShares;
            uint256 part = rest < shares - filled ? rest : shares - filled;
            oldest.filledShares += part;
            filled += part;
            if (part == rest) oldestOpenCycle++;
        }
    }

    function close() external {
        closedAt = uint64(block.timestamp);
    }

    function pause(uint64 until) external {
        pausedUntil = until;
    }

    function quarantine(uint64 until) external {
        quarantinedUntil = until;
    }

    function getMinDelay() external pure returns (uint256) {
        return 7 days;
    }

    function cycle(uint256 cycleId) external view returns (IPoolRedemptions.Cycle memory) {
        return _cycles[cycleId];
    }
}
