// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev Shares at a rate that the test sets, in the place of StakingPool.
contract SimulatedPool is ERC20 {
    uint256 private constant ONE = 1e18;

    uint256 public rate = ONE;
    uint64 public closedAt;
    uint256 public burnedBonds;

    constructor() ERC20("Simulated", "SIM") {}

    function setRate(uint256 newRate) external {
        rate = newRate;
    }

    function close() external {
        closedAt = uint64(block.timestamp);
    }

    function deposit(uint256 assets, address receiver) external payable returns (uint256 shares) {
        shares = convertToShares(assets);
        _mint(receiver, shares);
    }

    function burnBond(uint256 shares) external {
        _burn(msg.sender, shares);
        burnedBonds += shares;
    }

    function convertToShares(uint256 assets) public view returns (uint256) {
        return Math.mulDiv(assets, ONE, rate);
    }

    function convertToAssets(uint256 shares) external view returns (uint256) {
        return Math.mulDiv(shares, rate, ONE);
    }
}
